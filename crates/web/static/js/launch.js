/* Launches without cookies: a secret kept by the platform (LTI Platform Storage 0.1). It goes to
   the origin of the platform's registered authorisation URL and to nowhere else. */
(() => {
  const box = document.querySelector("[data-storage]");
  if (!box) return;
  const { storage, frame, origin, key, value, next } = box.dataset;
  const WAIT = 1500;

  const show = (which) => {
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== which;
  };

  const outer = window.parent !== window ? window.parent : window.opener;

  const named = (name) => {
    try { return name && name !== "_parent" ? outer.frames[name] : null; } catch { return null; }
  };

  // The frame that the platform named, then its own window: some platforms answer only there.
  const targets = async () => {
    if (!outer) return [];
    let name = frame;
    if (!name) {
      // Which frame answers is no secret, so this one question may be heard by anyone.
      const said = await ask(outer, { subject: "lti.capabilities" }, "*").catch(() => null);
      const able = Array.isArray(said?.supported_messages) ? said.supported_messages : [];
      name = able.find((one) => one?.subject === "lti.get_data")?.frame;
    }
    return [named(name), outer].filter(Boolean);
  };

  const ask = (target, message, to) => new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    const done = (settle, with_) => { clearTimeout(timer); removeEventListener("message", hear); settle(with_); };
    const hear = (event) => {
      const said = event.data;
      if ((to !== "*" && event.origin !== to) || typeof said !== "object" || said === null || said.message_id !== id) return;
      if (said.subject !== `${message.subject}.response`) return;
      if (said.error) done(reject, new Error("refused")); else done(resolve, said);
    };
    const timer = setTimeout(() => done(reject, new Error("silent")), WAIT);
    addEventListener("message", hear);
    target.postMessage({ ...message, message_id: id }, to);
  });

  const firstAnswer = async (message) => {
    for (const target of await targets()) {
      try { return await ask(target, message, origin); } catch { /* the next one, or none */ }
    }
    return null;
  };

  const put = async () => {
    const said = await firstAnswer({ subject: "lti.put_data", key, value });
    if (said) location.replace(next); else show("otherwise");
  };

  const get = async () => {
    const said = await firstAnswer({ subject: "lti.get_data", key });
    const form = box.querySelector("[data-storage-form]");
    if (said && typeof said.value === "string" && said.value !== "") {
      form.elements.storage_secret.value = said.value;
      form.submit();
    } else {
      show("otherwise");
    }
  };

  show("trying");
  (storage === "put" ? put : get)();
})();
