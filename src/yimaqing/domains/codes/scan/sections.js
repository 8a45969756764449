(function () {
  "use strict";
  var parts = document.querySelector("[data-file]");
  if (!parts) return;
  var file = parts.getAttribute("data-file");
  var all = parts.querySelectorAll("details");
  function link() {
    var made = document.createElement("a");
    made.href = file;
    made.textContent = parts.getAttribute("data-link");
    return made;
  }
  function open(details) {
    if (!details.open || details.getAttribute("data-read")) return;
    details.setAttribute("data-read", "1");
    var box = details.querySelector("div");
    var asked = new XMLHttpRequest();
    asked.open("GET", file + "&section=" + details.getAttribute("data-section"));
    asked.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    asked.onload = function () {
      if (asked.status === 200 && (asked.responseURL || "").indexOf("section=") > 0) {
        box.innerHTML = asked.responseText;
        var idle = box.querySelectorAll("button, dialog, script, form");
        for (var i = 0; i < idle.length; i++) idle[i].parentNode.removeChild(idle[i]);
        box.appendChild(link());
      } else { details.removeAttribute("data-read"); }
    };
    asked.onerror = function () { details.removeAttribute("data-read"); };
    asked.send();
  }
  for (var i = 0; i < all.length; i++) {
    all[i].querySelector("div").appendChild(link());
    all[i].addEventListener("toggle", function () { open(this); });
  }
  parts.hidden = false;
})();
