/* Picking activities: whole modules at a click, a count, and the answer on its way at once. */
(() => {
  const answer = document.querySelector("form[data-send]");
  if (answer) { answer.submit(); return; }
  const picker = document.querySelector("[data-picker]");
  const count = picker?.querySelector("[data-count]");
  if (!count) return;

  const boxes = (selector) => [...picker.querySelectorAll(`input${selector}`)];
  const activitiesOf = (module) => boxes("[data-of]").filter((box) => box.dataset.of === module && !box.disabled);

  const show = () => {
    const whole = boxes("[data-total]").filter((box) => box.checked);
    const modules = new Set(whole.map((box) => box.dataset.module));
    const single = boxes("[name=a]:not([data-total])").filter((box) => box.checked && !modules.has(box.dataset.of));
    const total = whole.reduce((sum, box) => sum + Number(box.dataset.total), single.length);
    count.textContent = total === 0 ? "Nothing chosen yet." : total === 1 ? "1 activity chosen." : `${total} activities chosen.`;
    for (const module of boxes("[data-module]")) {
      module.indeterminate = !module.checked && activitiesOf(module.dataset.module).some((box) => box.checked);
    }
  };

  picker.addEventListener("change", ({ target }) => {
    if (target.dataset.module) {
      for (const box of activitiesOf(target.dataset.module)) box.checked = target.checked;
    } else if (target.dataset.of && !target.checked) {
      for (const module of boxes("[data-module]")) if (module.dataset.module === target.dataset.of) module.checked = false;
    }
    show();
  });
  show();
})();
