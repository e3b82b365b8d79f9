extension ConsolePage {
    /// Nodes are made one by one and filled by `textContent`: no text ever becomes markup. Links go to http only.
    static let script = #"""
        "use strict";
        const byId = id => document.getElementById(id);
        function node(tag, classes, ...children) {
          const element = document.createElement(tag);
          if (classes) element.className = classes;
          for (const child of children) if (child !== null && child !== undefined && child !== "") element.append(child);
          return element;
        }
        function link(url, text) {
          let parsed = null;
          try { parsed = new URL(url); } catch { return node("code", "", url); }
          if (parsed.protocol !== "http:") return node("code", "", url);
          const element = node("a", "", text || url);
          element.href = parsed.href; element.rel = "noreferrer"; element.target = "_blank";
          return element;
        }
        const clock = text => { const t = new Date(text); return isNaN(t) ? "" : t.toTimeString().slice(0, 8); };
        function age(text) {
          const seconds = Math.max(0, (Date.now() - new Date(text)) / 1000);
          if (isNaN(seconds)) return "";
          if (seconds < 60) return Math.floor(seconds) + " s";
          if (seconds < 3600) return Math.floor(seconds / 60) + " min";
          if (seconds < 86400) return Math.floor(seconds / 3600) + " h";
          return Math.floor(seconds / 86400) + " d";
        }
        function bytes(text) {
          let value = Number(text); if (!value) return "0 B";
          let unit = 0; while (value >= 1000 && unit < 3) { value /= 1000; unit++; }
          return (unit ? value.toFixed(1) : value) + " " + ["B", "kB", "MB", "GB"][unit];
        }
        const states = { CONDITION_SUCCEEDED: ["good", "Ready"], CONDITION_FAILED: ["bad", "Failed"],
          CONDITION_RECONCILING: ["busy", "Reconciling"], CONDITION_PENDING: ["busy", "Pending"] };
        const state = name => { const [kind, text] = states[name] || ["soft", name]; return node("span", "state " + kind, text); };

        function table(heads, rows) {
          const head = node("tr", "", ...heads.map(([text, classes]) => {
            const cell = node("th", classes || "", text); cell.scope = "col"; return cell; }));
          return node("div", "scroll", node("table", "", node("thead", "", head), node("tbody", "", ...rows)));
        }
        function traffic(service) {
          const bar = node("div", "split"); const legend = node("ul", "legend");
          bar.setAttribute("aria-hidden", "true");
          service.traffic.forEach((share, index) => {
            const color = "c" + index % 5;
            if (share.percent > 0) { const part = node("span", color); part.style.flexGrow = share.percent; bar.append(part); }
            const item = node("li", "", node("i", color), node("code", "", share.revision), " " + share.percent + " %");
            if (share.tag) item.append(" ", link(share.uri, share.tag));
            if (share.plain) item.append(" ", link(share.plain));
            legend.append(item);
          });
          return [bar, legend];
        }
        function revision(item) {
          const running = item.instances.map(i => i.phase + (i.inFlight ? " (" + i.inFlight + " requests)" : "")).join(", ");
          return node("tr", "", node("td", "", item.id), node("td", "", state(item.state)),
            node("td", "", running || "none"), node("td", "number", age(item.created)), node("td", "grow wide", item.image));
        }
        function card(service) {
          const parts = [node("div", "bar", node("h3", "", service.id), state(service.state),
            node("span", "soft", service.isPublic ? "public" : "private"),
            node("span", "soft wide", service.project + " / " + service.region))];
          if (service.uri) parts.push(node("div", "bar", link(service.uri), service.plain ? link(service.plain) : null));
          for (const note of service.notes) parts.push(node("p", "empty", note));
          if (service.state === "CONDITION_FAILED" && service.message) parts.push(node("p", "message", service.message));
          if (service.traffic.length) parts.push(...traffic(service));
          parts.push(table([["Revision"], ["State"], ["Instances"], ["Age", "number"], ["Image", "wide"]],
            service.revisions.map(revision)));
          const hidden = service.revisionCount - service.revisions.length;
          if (hidden > 0) parts.push(node("p", "empty", hidden + " older revisions"));
          return node("article", "card", ...parts);
        }
        function request(line) {
          const http = line.request; const status = http.status || 0;
          const kind = status >= 500 || status === 0 ? "bad" : status >= 400 ? "busy" : "good";
          const milliseconds = parseFloat(http.latency) * 1000;
          return node("tr", "", node("td", "soft", clock(line.time)), node("td", "state " + kind, status || "reset"),
            node("td", "grow", http.requestMethod + " " + http.requestUrl),
            node("td", "number", milliseconds.toFixed(milliseconds < 10 ? 1 : 0) + " ms"),
            node("td", "number wide", bytes(http.responseSize)), node("td", "", line.revision || line.service));
        }
        function logLine(line) {
          const kind = ["ERROR", "CRITICAL", "ALERT", "EMERGENCY"].includes(line.severity) ? "bad"
            : line.severity === "WARNING" ? "busy" : "";
          return node("li", kind, node("span", "soft", clock(line.time)),
            node("span", "soft", line.revision || line.service), node("span", "text", line.text));
        }
        function fill(element, children, empty) {
          element.replaceChildren(...(children.length ? children : [node("p", "empty", empty)]));
        }

        let last = 0, requests = [], lines = [], shownServices = "", shownFaults = "";
        function showFaults(faults) {
          const text = JSON.stringify(faults); if (text === shownFaults) return; shownFaults = text;
          const box = byId("faults"); box.hidden = !faults.rules.length;
          box.replaceChildren(node("strong", "", "Faults are on (seed " + faults.seed + ")"),
            node("ul", "", ...faults.rules.map(rule => node("li", "", node("code", "", rule.id), ": " +
              JSON.stringify(rule.effect) + " on " + JSON.stringify(rule.on) + ", hit " + rule.hits + " of " + rule.occasions))));
        }
        function showRequests() {
          const body = document.querySelector("#requests tbody");
          if (requests.length) return body.replaceChildren(...requests.slice(-100).reverse().map(request));
          const cell = node("td", "empty", "none yet"); cell.colSpan = 6; body.replaceChildren(node("tr", "", cell));
        }
        function showLogs() {
          const box = byId("logs"); const wanted = byId("filter").value.toLowerCase();
          const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
          const found = lines.filter(l => !wanted || (l.text + " " + l.service + " " + l.revision).toLowerCase().includes(wanted));
          fill(box, found.map(logLine), wanted ? "no line matches" : "none yet");
          if (isAtEnd) box.scrollTop = box.scrollHeight;
        }
        function show(overview) {
          const server = overview.server;
          byId("server").textContent = "stagectl " + server.version + ", runtime " + server.runtime +
            ", API port " + server.apiPort + ", services port " + server.ingressPort;
          const services = JSON.stringify(overview.services);
          const minute = Math.floor(Date.now() / 10000);
          if (services + minute !== shownServices) {
            shownServices = services + minute;
            fill(byId("services"), overview.services.map(card), "no service yet: stagectl deploy NAME --env local");
          }
          showFaults(overview.faults);
          if (overview.lastLog < last) { requests = []; lines = []; }
          last = overview.lastLog;
          if (overview.logs.length || !shownOnce) {
            requests = requests.concat(overview.logs.filter(l => l.request)).slice(-500);
            lines = lines.concat(overview.logs.filter(l => l.text)).slice(-500);
            showRequests(); showLogs();
          }
          shownOnce = true;
        }
        let shownOnce = false, isAsking = false;
        function live(text, classes) { const box = byId("live"); if (box.textContent !== text) box.textContent = text; box.className = classes; }
        async function ask() {
          if (isAsking || document.hidden) return;
          isAsking = true;
          try {
            const answer = await fetch("/local/v1/overview?after=" + last, { cache: "no-store" });
            if (!answer.ok) throw new Error("status " + answer.status);
            show(await answer.json()); live("live", "on");
          } catch (error) { live("no answer", "off"); }
          isAsking = false;
        }
        byId("filter").addEventListener("input", showLogs);
        document.addEventListener("visibilitychange", ask);
        setInterval(ask, 1000); ask();
        """#
}
