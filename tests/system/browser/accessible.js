// What on this page would keep somebody out who does not see it, does not use a mouse, or has little
// contrast (WCAG 2.2 AA): names, sizes of targets, contrast, headings, and what gets the focus.
const complaints = [];
const complain = (element, what) => {
  const start = element.outerHTML.slice(0, 120).replace(/\s+/g, " ");
  complaints.push(`${what}: ${start}`);
};
const all = (selector) => [...document.querySelectorAll(selector)];
const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
const isSeen = (element) => isShown(element) && !element.closest(".visually-hidden, .unseen, .skip");
const text = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");

// Language, title, one main part (3.1.1, 2.4.2).
if (!document.documentElement.lang) complaints.push("the page has no language");
if (!document.title.trim()) complaints.push("the page has no title");
if (all("main").length !== 1) complaints.push(`${all("main").length} main parts`);

// Headings lead through the page without a jump (1.3.1, 2.4.6).
let level = 0;
for (const heading of all("h1, h2, h3, h4, h5, h6").filter(isShown)) {
  const next = Number(heading.localName[1]);
  if (next > level + 1) complain(heading, `h${next} after h${level}`);
  if (!heading.textContent.trim()) complain(heading, "an empty heading");
  level = next;
}
if (all("h1").filter(isShown).length !== 1) complaints.push(`${all("h1").filter(isShown).length} first headings`);

// Everything that can be worked has a name (4.1.2, 2.4.4).
const controls = all("a[href], button, input:not([type=hidden]), select, textarea, summary, iframe").filter(isShown);
for (const control of controls) {
  const labels = [...(control.labels ?? [])].map((label) => label.textContent).join(" ");
  const named = control.getAttribute("aria-labelledby");
  const content = control.matches("a, button, summary") ? control.textContent : "";
  const name = control.getAttribute("aria-label") ?? (named ? text(named) : null) ?? (labels || content || control.title);
  if (!name.trim()) complain(control, "no name");
  if (control.tabIndex > 0) complain(control, "an order of its own");
}

// Targets that do not stand in a sentence are 24 pixels wide and high (2.5.8).
for (const control of controls.filter(isSeen)) {
  if (control.localName === "iframe" || getComputedStyle(control).display === "inline") continue;
  const parts = [control, ...(control.labels ?? [])].map((part) => part.getBoundingClientRect());
  const most = (side) => Math.max(...parts.map((part) => part[side]));
  if (most("width") < 24 || most("height") < 24) {
    complain(control, `only ${most("width").toFixed(0)} × ${most("height").toFixed(0)} pixels`);
  }
}

// Text stands out from what is behind it (1.4.3).
const parse = (colour) => {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  return { rgb: [red, green, blue], alpha };
};
const over = (front, back) => front.rgb.map((part, at) => part * front.alpha + back[at] * (1 - front.alpha));
const behind = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.backgroundImage !== "none") return null;
    const colour = parse(style.backgroundColor);
    if (colour.alpha > 0) layers.push(colour);
    if (colour.alpha === 1) break;
  }
  return layers.reduceRight((back, front) => over(front, back), [255, 255, 255]);
};
const light = (rgb) => {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const looked = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || looked.has(element) || !isSeen(element)) continue;
  looked.add(element);
  if (element.closest("[disabled]") || element.matches("option, script, noscript")) continue;
  const back = behind(element);
  if (!back) continue;
  const style = getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  const lights = [light(over(parse(style.color), back)), light(back)].sort((one, other) => other - one);
  const ratio = (lights[0] + 0.05) / (lights[1] + 0.05);
  if (ratio < least) complain(element, `contrast ${ratio.toFixed(2)}`);
}

// What gets the focus can be seen: no bar lies over it (2.4.11).
const focused = document.activeElement;
const place = [scrollX, scrollY];
for (const control of controls.filter((control) => isSeen(control) && !control.disabled && control.localName !== "iframe")) {
  control.focus();
  if (document.activeElement !== control) { complain(control, "cannot be reached"); continue; }
  const box = control.getClientRects()[0];
  const heights = [box.top + 6, (box.top + box.bottom) / 2, box.bottom - 6];
  const isFree = heights.some((y) => [0.1, 0.5, 0.9].some((share) => {
    const top = document.elementFromPoint(box.left + box.width * share, y);
    return top && (control.contains(top) || top.contains(control));
  }));
  if (!isFree) complain(control, "hidden while it has the focus");
}
if (focused instanceof HTMLElement && focused !== document.body) focused.focus();
else document.activeElement?.blur();
scrollTo(...place);
return complaints;
