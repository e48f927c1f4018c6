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
    // The page names chosen activities one by one; a module is ticked when all of its own are.
    for (const module of boxes("[data-module]")) {
      const chosen = activitiesOf(module.dataset.module).filter((box) => box.checked).length;
      if (chosen === Number(module.dataset.total)) module.checked = true;
      module.indeterminate = !module.checked && chosen > 0;
    }
    const whole = boxes("[data-module]").filter((box) => box.checked);
    const modules = new Set(whole.map((box) => box.dataset.module));
    const single = boxes("[name=a]").filter((box) => box.checked && !modules.has(box.dataset.of));
    const total = whole.reduce((sum, box) => sum + Number(box.dataset.total), single.length);
    count.textContent = total === 0 ? "Nothing chosen yet." : total === 1 ? "1 activity chosen." : `${total} activities chosen.`;
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
