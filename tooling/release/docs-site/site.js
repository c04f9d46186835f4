/** Makes what scrolls by itself a stop for the keyboard, as long as it does. */
function markScrolling() {
  for (const part of document.querySelectorAll('.tsd-typography table, .tsd-typography pre, .tsd-signature')) {
    if (part.scrollWidth > part.clientWidth) part.setAttribute('tabindex', '0');
    else part.removeAttribute('tabindex');
  }
}

addEventListener('load', markScrolling);
addEventListener('resize', markScrolling);
