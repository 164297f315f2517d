import * as v from 'valibot';
import type { Firefox, FirefoxPage } from './firefox.ts';
import { type Gaps, readGaps, watchGaps } from './media-gaps.ts';
import { countReceived, keepConnections, type Received, smallPictures, untilReceived } from './page-media.ts';

const PATIENCE_MS = 30_000;
const Gap = v.object({ ms: v.number(), endedAt: v.number() });
const WatchedGaps = v.object({ video: Gap, audio: Gap });
const AllReceived = v.array(v.object({ framesDecoded: v.number(), totalSamplesReceived: v.number() }));

/** A person in a Firefox window. Does what `Person` does in Chromium, as far as tests need it. */
export class FirefoxPerson {
  readonly name: string;
  readonly #page: FirefoxPage;

  private constructor(name: string, page: FirefoxPage) {
    this.name = name;
    this.#page = page;
  }

  static async arrive(
    browser: Firefox,
    { name, iceTransportPolicy = 'all' }: { name: string; iceTransportPolicy?: RTCIceTransportPolicy },
  ): Promise<FirefoxPerson> {
    const keep = `(${keepConnections.toString()})(${JSON.stringify(iceTransportPolicy)})`;
    const preload = `() => { ${keep}; (${smallPictures.toString()})(); }`;
    return new FirefoxPerson(name, await browser.newPage('about:blank', preload));
  }

  /** Joins the call at `link` through the lobby, with camera and microphone. */
  async join(link: string): Promise<void> {
    await this.#page.goto(link);
    const button = "document.querySelector('form.enter button[type=submit]')";
    await this.#page.until(`${button}?.textContent.startsWith('Join the call')`, PATIENCE_MS);
    await this.#page.evaluate(`(() => {
      const input = document.querySelector('input[name=name]');
      input.value = ${JSON.stringify(this.name)};
      input.dispatchEvent(new Event('input', { bubbles: true }));
      ${button}.click();
    })()`);
    await this.#page.until("document.querySelector('nav.controls') !== null", PATIENCE_MS);
  }

  /** One entry for each open connection. */
  async received(): Promise<Received[]> {
    return v.parse(AllReceived, await this.#page.evaluate(`(${countReceived.toString()})()`));
  }

  /** Waits until each of `count` connections has received video and sound from now on. */
  hearsAndSees(count: number): Promise<void> {
    return untilReceived(this.name, () => this.received(), count);
  }

  /** As `watchGaps` in the page. */
  async watchGaps(): Promise<void> {
    await this.#page.evaluate(`(${watchGaps.toString()})()`);
  }

  async gaps(): Promise<Gaps> {
    return v.parse(WatchedGaps, await this.#page.evaluate(`(${readGaps.toString()})()`));
  }

  /** Like `Person.expectPath`, but leaves the panel open. */
  async expectPath(name: string, expected: RegExp): Promise<void> {
    await this.#page.evaluate(`(() => {
      if (document.querySelector('section.peer-stats') === null)
        document.querySelector('nav.controls [aria-keyshortcuts=D]').click();
    })()`);
    const way = `document.querySelector('section.peer-stats[aria-label=${JSON.stringify(name)}] h3 .path')`;
    await this.#page.until(`${expected.toString()}.test(${way}?.textContent)`, PATIENCE_MS);
  }

  async close(): Promise<void> {
    await this.#page.close();
  }
}
