/* Uploads: checked for size before they are sent, with their progress shown. */
(() => {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    const file = form.querySelector("input[type=file]");
    const state = form.querySelector("[data-upload-state]");
    const bar = form.querySelector("[data-upload-progress]");
    const button = form.querySelector("button");
    const most = Number(form.dataset.maxBytes);
    const say = (text) => { state.hidden = false; state.textContent = text; };

    const tooLarge = () => {
      const chosen = file.files[0];
      if (!chosen || chosen.size <= most) return false;
      say(`“${chosen.name}” is too large: ${(chosen.size / 1048576).toFixed(1)} MB, and at most ${(most / 1048576).toFixed(0)} MB can be taken.`);
      return true;
    };
    file.addEventListener("change", () => { state.hidden = true; tooLarge(); });

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (tooLarge()) { file.focus(); return; }
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      button.disabled = true;
      bar.hidden = false;
      say("Uploading…");
      request.upload.addEventListener("progress", (at) => {
        if (!at.lengthComputable) return;
        bar.value = Math.round((at.loaded / at.total) * 100);
        say(bar.value < 100 ? `Uploading… ${bar.value} %` : "Checking the file…");
      });
      const stop = (text) => { say(text); bar.hidden = true; bar.value = 0; button.disabled = false; };
      request.addEventListener("error", () => stop("The connection broke. Nothing was added; please try again."));
      request.addEventListener("load", () => {
        const said = request.response || {};
        if (request.status < 400 && said.next) {
          say("Added.");
          const draft = document.querySelector("form[data-autosave]");
          // Typed text must not be lost by loading the page anew: saving it also leads back here.
          if (draft) { draft.requestSubmit(); } else { location.assign(said.next); }
        } else {
          stop(said.detail || "The file was not taken. Please try again.");
        }
      });
      request.send(new FormData(form));
    });
  }
})();
