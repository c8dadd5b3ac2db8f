// The QR code of the state on the screen, as large as the screen, for the phones in the back row. The server draws it, for an
// address under which others reach it (gates/ui/web/routes/share.py).
import { html, write } from "../../stage/core/dom.js";

export class QrCode {
  constructor() {
    this.image = html("img", { alt: "" });
    this.address = html("p", { class: "gl-code-link", "data-testid": "lecture-link" });
    this.warning = html("p", { class: "gl-wrong", role: "alert", hidden: true });
    this.element = html("div", { class: "gl-code", "data-testid": "lecture-code", hidden: true }, this.image, this.address, this.warning);
    this.link = null; // that is shown, or under way
  }

  hide() {
    this.element.hidden = true;
    this.link = null;
  }

  /** Says why there is no code. */
  refuse(sentence) {
    this.hide();
    this.element.hidden = false;
    this.image.hidden = true;
    write(this.address, "");
    this.warning.hidden = false;
    write(this.warning, sentence);
  }

  /** @param {string} link of the app, without a site  @param {object} data of the window  @param {(key: string) => string} t */
  async show(link, { routes }, t) {
    this.element.hidden = false;
    if (this.link === link) return;
    this.link = link;
    const shareLink = await fetchShareLink(link, routes.link);
    if (this.link !== link) return;
    this.image.hidden = !shareLink?.code || shareLink.here;
    if (!this.image.hidden) Object.assign(this.image, { src: shareLink.code, alt: t("code.alt") });
    write(this.address, shareLink?.here ? "" : (shareLink?.link ?? ""));
    const wrong = !shareLink ? t("code.failed") : shareLink.here ? t("code.here") : shareLink.code ? "" : t("code.long");
    this.warning.hidden = !wrong;
    write(this.warning, wrong);
  }
}

/** The address to share for a link of the app, from gates/ui/web/routes/share.py: null where the server does not answer. */
export async function fetchShareLink(link, route) {
  try {
    const answer = await fetch(route, { method: "POST", body: JSON.stringify({ address: new URL(link, location.origin).href }) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
