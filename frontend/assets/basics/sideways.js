// What is wider than its place is scrolled with the keyboard, too, and nothing else is stopped at:
// not every browser lets people reach what scrolls by itself.

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries)
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
});

export const reachIfWide = (node) => widths.observe(node);
