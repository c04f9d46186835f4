/**
 * What the theme leaves to be done for readers without a mouse: what scrolls by itself is a stop for the keyboard as long as it
 * does, and a heading that opens and closes has no link inside of it.
 */
const SCROLLING = '.tsd-typography table, .tsd-typography pre, .tsd-signature';

// The theme shows the page late: sizes are only known then.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
  }
});

/**
 * A link in a heading becomes the first entry beneath it; one to the heading itself goes.
 *
 * @param {Element} link
 */
function moveLink(link) {
  if (link.classList.contains('tsd-anchor-icon')) {
    link.remove();
    return;
  }
  const list = link.closest('nav') && link.closest('details')?.querySelector('ul');
  if (!list) {
    link.replaceWith(...link.childNodes);
    return;
  }
  const words = document.createElement('span');
  words.append(...[...link.childNodes].map((node) => node.cloneNode(true)));
  link.replaceWith(words);
  const entry = document.createElement('li');
  entry.append(link);
  list.prepend(entry);
}

function tend() {
  for (const part of document.querySelectorAll(SCROLLING)) sizes.observe(part);
  for (const link of document.querySelectorAll('summary a')) moveLink(link);
}

// The navigation is drawn when its data has come.
new MutationObserver(tend).observe(document.documentElement, { childList: true, subtree: true });
tend();
