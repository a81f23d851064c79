// Signing in by a link: a token after the # goes into the form, never to a server's log, and leaves the address.

const token = decodeURIComponent(location.hash.slice(1));
if (token !== "") {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("token").value = token;
  document.querySelector("button[type=submit]").focus();
}
