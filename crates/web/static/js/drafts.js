/* Drafts: saved while they are typed, and kept in the page when they cannot be saved. */
(() => {
  const DELAY = 1500;
  const RETRY = [4000, 10000, 30000];
  let leaving = false;

  const words = (text) => (text.match(/\S+/gu) || []).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;
  const plural = (count, one, many) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

  // The browser may forbid storage in a frame; then the page itself is the only copy.
  const shelf = {
    get(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* no room */ } },
    drop(key) { try { sessionStorage.removeItem(key); } catch { /* forbidden */ } },
  };

  function countWords(root) {
    for (const line of root.querySelectorAll("[data-count-of]")) {
      const area = document.getElementById(line.dataset.countOf);
      if (!area) continue;
      const show = () => { line.textContent = plural(words(area.value), "word", "words"); };
      area.addEventListener("input", show);
      show();
    }
  }

  function autosave(form) {
    const sign = form.querySelector("[data-saved]");
    const fields = [...form.querySelectorAll("textarea")];
    const key = (field) => `mtl:${form.dataset.attempt}:${field.name}`;
    let saved = new Map(fields.map((field) => [field.name, field.value]));
    let timer = 0, tries = 0, busy = false, ended = false;

    const dirty = () => fields.some((field) => field.value !== saved.get(field.name));
    const say = (state, text) => { sign.dataset.state = state; sign.textContent = text; };
    const keep = () => {
      for (const field of fields) {
        if (field.value === saved.get(field.name)) shelf.drop(key(field));
        else shelf.set(key(field), { text: field.value });
      }
    };
    const body = () => new URLSearchParams(new FormData(form));
    const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

    async function save() {
      if (busy || leaving) return;
      if (!dirty()) { say("saved", "Saved"); return; }
      busy = true;
      const sent = new Map(fields.map((field) => [field.name, field.value]));
      say("saving", "Saving…");
      try {
        const answer = await fetch(form.action, {
          method: "POST", body: body(), credentials: "same-origin", headers: { Accept: "application/json" },
        });
        const said = await answer.json().catch(() => ({}));
        if (answer.ok) {
          form.elements.based_on.value = said.revision;
          saved = sent;
          tries = 0; ended = false;
          keep();
          const total = document.querySelector("[data-words]");
          if (total && said.words) total.textContent = said.words;
          if (said.conflict) say("failed", "Another window changed this text. Yours is kept: load the page again to choose.");
          else if (dirty()) { say("unsaved", "Not saved yet"); later(DELAY); }
          else say("saved", `Saved ${said.at}`);
        } else if (said.form_token && tries === 0) {
          // Signed in again meanwhile: take the new session's token and send the same text again.
          form.elements.form_token.value = said.form_token;
          tries = 1;
          later(0);
        } else if (answer.status === 401) {
          ended = true;
          say("failed", "Your session has ended. Your text is kept here: open the activity from your course in another tab, then press Save.");
        } else {
          say("failed", said.detail || "Not saved. Your text is kept here; press Save to try again.");
        }
      } catch {
        say("failed", "No connection. Your text is kept here and will be saved when you are back.");
        later(RETRY[Math.min(tries++, RETRY.length - 1)]);
      } finally {
        busy = false;
      }
    }

    form.addEventListener("input", () => {
      keep();
      if (!ended) { say("unsaved", "Not saved yet"); later(DELAY); }
    });
    form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
    addEventListener("online", () => later(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && dirty() && !ended && !leaving) {
        // The page may never come back (a phone): the request outlives it.
        fetch(form.action, { method: "POST", body: body(), credentials: "same-origin", keepalive: true, headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : null))
          .then((said) => { if (said) form.elements.based_on.value = said.revision; })
          .catch(() => {});
      }
    });
    addEventListener("beforeunload", (event) => { if (dirty() && !leaving) event.preventDefault(); });

    const lost = fields.filter((field) => {
      const kept = shelf.get(key(field));
      return kept && kept.text !== field.value && kept.text.trim() !== "";
    });
    if (lost.length > 0) offer(form, lost, (field) => shelf.get(key(field)).text, (field) => shelf.drop(key(field)));
  }

  function offer(form, lost, text, drop) {
    const box = document.createElement("div");
    box.className = "notice warn stack-tight";
    const line = document.createElement("p");
    line.textContent = "This tab still holds text that was not saved, from before.";
    const row = document.createElement("p");
    row.className = "row";
    const back = document.createElement("button");
    back.type = "button"; back.className = "quiet"; back.textContent = "Put it back";
    const away = document.createElement("button");
    away.type = "button"; away.className = "link danger"; away.textContent = "Drop it";
    back.addEventListener("click", () => {
      for (const field of lost) { field.value = text(field); field.dispatchEvent(new Event("input", { bubbles: true })); }
      box.remove();
    });
    away.addEventListener("click", () => { lost.forEach(drop); box.remove(); });
    row.append(back, away);
    box.append(line, row);
    form.prepend(box);
  }

  function guard(form) {
    const before = new URLSearchParams(new FormData(form)).toString();
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    addEventListener("beforeunload", (event) => {
      if (!sent && new URLSearchParams(new FormData(form)).toString() !== before) event.preventDefault();
    });
  }

  countWords(document);
  document.querySelectorAll("form[data-autosave]").forEach(autosave);
  document.querySelectorAll("form[data-guard]").forEach(guard);
  document.querySelector(".errors")?.focus();
})();
