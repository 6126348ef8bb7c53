// What is on its way to the server, one message after the other, in order.

import { toast } from "./dom.mjs";
import { Refused } from "./server.mjs";

const TELL_AFTER_MILLISECONDS = 400;

export class Outbox {
  /** `tell(text)` says what is under way; `giveBack(messages)` takes back what cannot be sent. */
  constructor(send, tell, giveBack) {
    Object.assign(this, { send, tell, giveBack, waiting: [] });
  }

  async put(message) {
    this.waiting.push(message);
    this.#tellWaiting();
    if (this.waiting.length > 1) return;
    try {
      while (this.waiting.length) {
        await this.send(this.waiting[0]);
        this.waiting.shift();
        this.#tellWaiting();
      }
    } catch (error) {
      const unsent = this.waiting.splice(0);
      this.#tellWaiting();
      this.giveBack(unsent);
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    }
  }

  /** Say that something is still on its way, unless it is gone at once. */
  #tellWaiting() {
    clearTimeout(this.telling);
    const { length } = this.waiting;
    if (!length) this.tell("");
    else this.telling = setTimeout(() => this.tell(length > 1 ? `Sending ${length} messages…` : "Sending…"), TELL_AFTER_MILLISECONDS);
  }
}
