// Sign-in by a link: a token after the # is put into the form and removed from the address; it never reaches a server's log.

const token = decodeURIComponent(location.hash.slice(1));
if (token !== "") {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("token").value = token;
  document.querySelector("button[type=submit]").focus();
}
