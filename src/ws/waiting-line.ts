import { WAITING_CHARACTERS, WAITING_MESSAGES } from '../protocol/limits.ts';

/** Messages that came while one before them is still being answered. Bounded in number and size. */
export class WaitingLine<From> {
  readonly #items: { readonly from: From; readonly text: string }[] = [];
  #characters = 0;

  /** @returns false where there is no place left: the message is not taken */
  push(from: From, text: string): boolean {
    if (this.#items.length >= WAITING_MESSAGES) return false;
    if (this.#characters + text.length > WAITING_CHARACTERS) return false;
    this.#characters += text.length;
    this.#items.push({ from, text });
    return true;
  }

  shift(): { readonly from: From; readonly text: string } | undefined {
    const first = this.#items.shift();
    this.#characters -= first?.text.length ?? 0;
    return first;
  }
}
