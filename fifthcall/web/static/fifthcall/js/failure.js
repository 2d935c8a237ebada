// When a request made by htmx fails, says so in words and lets the person try again; nothing fails in silence.
const words = (status) => {
  if (status === 403) return "You are signed out, or this isn't yours to change. Reload the page and try again.";
  if (status === 404) return "This is no longer here. Reload the page to see what is.";
  if (status === 409) return "Somebody changed this a moment ago. Reload the page to see it as it is now.";
  if (status) return "Something went wrong on our side. Nothing was saved; please try again.";
  return "The server can't be reached. Nothing was saved; please try again when you are connected.";
};

const tell = (status) => {
  const template = document.getElementById("failure");
  const place = document.getElementById("messages");
  if (!template || !place) return;
  const message = template.content.cloneNode(true);
  message.querySelector("[data-words]").textContent = words(status);
  place.replaceChildren(message);
  place.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:responseError", (event) => tell(event.detail.xhr.status));
document.addEventListener("htmx:sendError", () => tell(0));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig?.verb !== "get") document.getElementById("messages")?.replaceChildren();
});
