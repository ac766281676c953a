(function () {
  "use strict";
  var form = document.getElementById("filter");
  var table = document.getElementById("event-rows");
  if (form && table) {
    var rows = Array.prototype.map.call(table.rows, function (row) {
      return {
        row: row,
        address: row.cells[0].textContent.toLowerCase(),
        action: row.cells[2].textContent.toLowerCase(),
        location: row.cells[3].textContent,
        status: row.cells[4].className
      };
    });
    var fill = function (select, name) {
      var values = {};
      rows.forEach(function (one) { values[one[name]] = true; });
      Object.keys(values).sort().forEach(function (value) {
        var option = document.createElement("option");
        option.value = "=" + value;
        option.textContent = value;
        select.appendChild(option);
      });
    };
    fill(form.elements.location, "location");
    fill(form.elements.status, "status");
    var apply = function () {
      var location = form.elements.location.value;
      var status = form.elements.status.value;
      var action = form.elements.action.value.trim().toLowerCase();
      var address = form.elements.address.value.trim().toLowerCase();
      var count = 0;
      rows.forEach(function (one) {
        var fits = (!location || location === "=" + one.location) &&
          (!status || status === "=" + one.status) &&
          one.action.indexOf(action) >= 0 && one.address.indexOf(address) >= 0;
        one.row.hidden = !fits;
        count += fits ? 1 : 0;
      });
      document.getElementById("shown").textContent = count + " of " + rows.length + " rows";
    };
    var waiting = 0;
    form.addEventListener("input", function () {
      clearTimeout(waiting);
      if (rows.length > 2000) { waiting = setTimeout(apply, 200); } else { apply(); }
    });
    form.addEventListener("change", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
    form.addEventListener("reset", function () { setTimeout(apply, 0); });
    form.hidden = false;
    apply();
  }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });
})();
