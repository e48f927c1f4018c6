/* The last page of a registration tells the platform that it can take the page away (Dynamic
   Registration 1.0, section 3.7). */
(() => {
  const box = document.querySelector("[data-lti-close]");
  const targets = [window.opener, window.parent].filter((one) => one && one !== window);
  if (!box || targets.length === 0) return;
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    // Which origin listens is not known here, and the message is no secret.
    for (const target of targets) target.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  });
})();
