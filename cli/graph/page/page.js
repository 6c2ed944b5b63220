// The page's behaviour: search, the ways of an object, details, zoom, colours. All text is set as text, never as markup.
(() => {
  const { nodes, edges } = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const [picture, sheet, lanes, details, search, found] = [
    "picture",
    "sheet",
    "lanes",
    "details",
    "search",
    "found",
  ].map(find);
  const hint = [...details.children];

  const byId = new Map(nodes.map((node) => [node.id, node]));
  const elements = new Map();
  for (const element of lanes.querySelectorAll(".node")) elements.set(element.dataset.id, element);
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  const incoming = Map.groupBy(edges, ({ to }) => to);
  // Ways stand in the order of the edges; the places that some of them have stand with the cards where they end.
  const paths = lanes.querySelectorAll("path.edge");
  const wayElements = new Map(edges.map((edge, index) => [edge, [paths[index]]]));
  for (const step of lanes.querySelectorAll(".step")) wayElements.get(edges[step.dataset.way]).push(step);
  const texts = new Map(
    nodes.map(({ id, kind, title, region = "", facts, marks }) => [
      id,
      [title, kind, region, ...facts.map(([, value]) => value), ...marks.map(({ words }) => words)]
        .join("\n")
        .toLowerCase(),
    ]),
  );

  /** Everything that requests through a node may pass, before and behind it; behind a rule only the keys of that rule. */
  function waysOf(start) {
    const reached = { nodes: new Set([start]), edges: new Set() };
    const rules = new Set();
    const walk = (id, next, end) => {
      for (const edge of next.get(id) ?? []) {
        const isForeign = edge.rules !== undefined && rules.size > 0 && !edge.rules.some((rule) => rules.has(rule));
        if (isForeign) continue;
        reached.edges.add(edge);
        const other = edge[end];
        if (reached.nodes.has(other)) continue;
        reached.nodes.add(other);
        if (byId.get(other).lane === "rule") rules.add(other);
        walk(other, next, end);
      }
    };
    if (byId.get(start).lane === "rule") rules.add(start);
    walk(start, incoming, "from");
    if (byId.get(start).lane === "provider" || byId.get(start).lane === "key") rules.clear();
    walk(start, outgoing, "to");
    return reached;
  }

  let kept;
  let shown;
  let lit = [];

  function light(reached) {
    for (const element of lit) element.classList.remove("on");
    lit = [];
    lanes.classList.toggle("dim", reached !== undefined);
    if (reached === undefined) return;
    for (const id of reached.nodes) lit.push(elements.get(id));
    for (const edge of reached.edges) lit.push(...wayElements.get(edge));
    for (const element of lit) element.classList.add("on");
  }

  function show(id) {
    if (id === shown) return;
    shown = id;
    if (id === undefined) {
      details.replaceChildren(...hint);
      return searchAgain();
    }
    light(waysOf(id));
    details.replaceChildren(...describe(byId.get(id)));
  }

  function keep(id) {
    elements.get(kept)?.classList.remove("kept");
    kept = kept === id ? undefined : id;
    elements.get(kept)?.classList.add("kept");
    show(kept);
  }

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className !== undefined) element.className = className;
    return element;
  }

  function describe({ id, kind, title, facts, marks, change }) {
    const parts = [make("h2", "Details"), make("h3", title), make("p", kind, "kind")];
    if (change !== undefined) parts.push(make("p", `The previewed update would ${change} it.`));
    for (const { words, weight, reason } of marks) {
      const line = make("p", undefined, "reason");
      line.append(make("span", words, `tag ${weight}`), ` ${reason}`);
      parts.push(line);
    }
    const list = make("dl");
    for (const [label, value] of facts) list.append(make("dt", label), make("dd", value));
    parts.push(
      list,
      ...neighbours("Leads to", outgoing.get(id), "to"),
      ...neighbours("Comes from", incoming.get(id), "from"),
    );
    return parts;
  }

  function neighbours(heading, ways = [], end) {
    if (ways.length === 0) return [];
    const list = make("ul", undefined, "ways");
    for (const way of ways) {
      const item = make("li");
      const button = make("button");
      button.type = "button";
      if (way.order !== undefined && end === "to") button.append(make("span", way.order, "tag order"));
      button.append(byId.get(way[end]).title);
      button.addEventListener("click", () => goTo(way[end]));
      item.append(button);
      list.append(item);
    }
    return [make("h2", heading), list];
  }

  function goTo(id) {
    if (kept !== id) keep(id);
    focusOn(id);
  }

  let tabStop;
  function focusOn(id) {
    const element = elements.get(id);
    if (element === undefined) return;
    tabStop?.setAttribute("tabindex", "-1");
    tabStop = element;
    element.setAttribute("tabindex", "0");
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center", inline: "center" });
  }

  const nodeAt = (target) => target.closest?.(".node")?.dataset.id;
  lanes.addEventListener("mouseover", ({ target }) => {
    if (kept === undefined) show(nodeAt(target));
  });
  lanes.addEventListener("mouseleave", () => {
    if (kept === undefined) show(undefined);
  });
  lanes.addEventListener("click", ({ target }) => {
    const id = nodeAt(target);
    if (id !== undefined) keep(id);
    else if (kept !== undefined) keep(kept);
  });
  lanes.addEventListener("focusin", ({ target }) => {
    if (kept === undefined) show(nodeAt(target));
  });
  for (const button of document.querySelectorAll("[data-goto]")) {
    button.addEventListener("click", () => goTo(button.dataset.goto));
  }

  // One stop for the tab key; the arrows go on from there, to what is nearest in the direction.
  for (const [index, { id, kind, title, subtitle, change, marks }] of nodes.entries()) {
    const element = elements.get(id);
    const parts = [`${kind} ${title}`, subtitle, change && `would ${change}`, ...marks.map(({ words }) => words)];
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", parts.filter(Boolean).join(", "));
    element.setAttribute("tabindex", index === 0 ? "0" : "-1");
    if (index === 0) tabStop = element;
  }
  function nearest(id, key) {
    const here = byId.get(id);
    const isAcross = key === "ArrowLeft" || key === "ArrowRight";
    const linked = (key === "ArrowRight" ? outgoing.get(id) : incoming.get(id)) ?? [];
    const candidates = isAcross
      ? linked.map((edge) => byId.get(key === "ArrowRight" ? edge.to : edge.from))
      : nodes.filter(({ lane }) => lane === here.lane);
    const isAhead = ({ middle }) => isAcross || (key === "ArrowDown" ? middle > here.middle : middle < here.middle);
    const distance = ({ middle }) => Math.abs(middle - here.middle);
    return candidates
      .filter((other) => other !== here && isAhead(other))
      .sort((one, other) => distance(one) - distance(other))[0]?.id;
  }
  lanes.addEventListener("keydown", (event) => {
    const id = nodeAt(event.target);
    if (id === undefined) return;
    if (event.key === "Enter" || event.key === " ") keep(id);
    else if (event.key === "Escape" && kept !== undefined) keep(kept);
    else if (event.key.startsWith("Arrow")) {
      const next = nearest(id, event.key);
      if (kept !== undefined && next !== undefined) keep(kept);
      focusOn(next);
    } else return;
    event.preventDefault();
  });

  let matches = [];
  let at = -1;
  function searchAgain() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matches = words.length === 0 ? [] : nodes.filter(({ id }) => words.every((word) => texts.get(id).includes(word)));
    at = -1;
    found.textContent = words.length === 0 ? "" : `${matches.length} of ${nodes.length}`;
    light(words.length === 0 ? undefined : { nodes: new Set(matches.map(({ id }) => id)), edges: new Set() });
  }
  search.addEventListener("input", () => {
    if (kept !== undefined) keep(kept);
    shown = undefined;
    details.replaceChildren(...hint);
    searchAgain();
    if (matches.length > 0) elements.get(matches[0].id).scrollIntoView({ block: "center", inline: "center" });
  });
  search.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") {
      search.value = "";
      searchAgain();
    }
    if (key !== "Enter" || matches.length === 0) return;
    at = (at + 1) % matches.length;
    elements.get(matches[at].id).scrollIntoView({ block: "center", inline: "center" });
    found.textContent = `${at + 1} of ${matches.length}`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === search) return;
    event.preventDefault();
    search.focus();
  });

  const LEAST_AT_FIRST = 0.7;
  const LEAST = 0.25;
  const MOST = 3;
  let zoom = 1;
  function zoomTo(factor) {
    zoom = Math.min(MOST, Math.max(LEAST, factor));
    sheet.style.zoom = String(zoom);
  }
  const widest = () => sheet.scrollWidth / zoom || 1;
  const fit = () => zoomTo(Math.min(1.25, picture.clientWidth / widest()));
  find("larger").addEventListener("click", () => zoomTo(zoom * 1.2));
  find("smaller").addEventListener("click", () => zoomTo(zoom / 1.2));
  find("fit").addEventListener("click", fit);

  // A picture that is a little too wide is shown whole, a much wider one at a size that can be read.
  if (picture.clientWidth < widest()) zoomTo(Math.max(LEAST_AT_FIRST, picture.clientWidth / widest()));

  const THEMES = { system: ["\u25d0", "as the system"], light: ["\u2600", "light"], dark: ["\u263e", "dark"] };
  const theme = find("theme");
  theme.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % names.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    [theme.textContent] = THEMES[next];
    theme.setAttribute("aria-label", `Colours: ${THEMES[next][1]}`);
  });
})();
