// Keeps what a tool in a frame may not keep itself (LTI client-side postMessages 1.0, platform
// storage 1.0). The page and the forwarding frame inside it run the same script over one store.
const inner = window.name === "post_message_forwarding";
const store = inner ? window.parent.ltiStorage : (window.ltiStorage = new Map());
const LIMIT = 100;

function answer(data, origin) {
  const key = JSON.stringify([origin, data.key]);
  const reply = { subject: data.subject + ".response", message_id: data.message_id };
  const refuse = (code, message) => ({ ...reply, error: { code, message } });
  switch (data.subject) {
    case "lti.capabilities": {
      const frame = "post_message_forwarding";
      reply.supported_messages = [
        { subject: "lti.capabilities" },
        { subject: "lti.put_data", frame },
        { subject: "lti.get_data", frame },
      ];
      return reply;
    }
    case "lti.put_data":
      if (typeof data.key !== "string" || data.message_id === undefined) {
        return refuse("bad_request", "A key and a message_id are needed");
      }
      if (data.value === null || data.value === undefined) {
        store.delete(key);
      } else if (typeof data.value !== "string" || data.value.length > 4096 || store.size >= LIMIT) {
        return refuse("storage_exhaustion", "There is no room for that");
      } else {
        store.set(key, data.value);
      }
      return { ...reply, key: data.key, value: data.value };
    case "lti.get_data":
      if (typeof data.key !== "string" || data.message_id === undefined) {
        return refuse("bad_request", "A key and a message_id are needed");
      }
      return { ...reply, key: data.key, value: store.has(key) ? store.get(key) : null };
    default:
      return null;
  }
}

window.addEventListener("message", (event) => {
  if (!event.data || typeof event.data.subject !== "string" || !event.source) return;
  const reply = answer(event.data, event.origin);
  if (reply) event.source.postMessage(reply, event.origin);
});
