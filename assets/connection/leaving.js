// What must have happened before another page is asked for.
//
// What is typed into one of Streamlit's fields is sent shortly after the focus has left it. A finger takes the focus away
// only with the click itself: where it tapped the name of another page, that page was asked for first, what had been typed
// came behind, as a request of the page that was left, and that page came back. And a stage's address is written a moment
// after its last step (stage/shell/address/link.js), which the browser's *back* went to without it.

const PAGES = "[data-testid=stTopNavLink], [data-testid=stPageLink-NavLink]";
const FIELDS = "input, textarea";
const SENT_AFTER = 100; // milliseconds

let sending = 0; // the timer of what the field that was left last has to send
let follow = null; // the link that was clicked meanwhile

/** Holds a click on the name of another page back until what was typed has been sent, and has this page's address written. */
export function settleBeforeLeaving() {
  addEventListener("focusout", ({ target }) => target.matches(FIELDS) && wait(), { capture: true });
  addEventListener("click", hold, { capture: true });
}

function wait() {
  clearTimeout(sending);
  sending = setTimeout(() => {
    const link = follow;
    [sending, follow] = [0, null]; // before the click, which may have to wait again
    link?.click();
  }, SENT_AFTER);
}

function hold(event) {
  const link = event.target.closest(PAGES);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // those open it beside this one
  if (document.activeElement?.matches(FIELDS)) document.activeElement.blur(); // a reader's click moves no focus
  if (!sending) return dispatchEvent(new Event("gatescope-leave"));
  event.preventDefault();
  event.stopImmediatePropagation();
  follow = link;
}
