// A tool's page says when it is done (Dynamic Registration 1.0 section 3.7).
window.addEventListener("message", (event) => {
  if (event.data && event.data.subject === "org.imsglobal.lti.close") {
    window.location.assign("/tools");
  }
});
