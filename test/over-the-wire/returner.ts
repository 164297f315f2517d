import { RawClient, type RawFrame } from '../support/server/ws-client.ts';
import type { Guest } from './stage.ts';

interface Sent {
  readonly id: number;
  readonly event: string;
  readonly payload: unknown;
}

/** A client that comes back after each cut as the contract says [SE3]: it resumes, and sends again what may be lost. */
export class Returner {
  readonly guest: Guest;
  readonly #earlier: RawFrame[] = [];
  readonly #sent: Sent[] = [];
  readonly peerId: string;
  #client: RawClient;
  #resumeToken: string;

  private constructor(guest: Guest, client: RawClient, { peerId, resumeToken }: Welcomed) {
    this.guest = guest;
    this.peerId = peerId;
    this.#client = client;
    this.#resumeToken = resumeToken;
  }

  static async connect(guest: Guest): Promise<Returner> {
    const client = await guest.connect();
    return new Returner(guest, client, client.welcomed);
  }

  /** All numbered messages of the session, over all its connections, in order. */
  get frames(): readonly RawFrame[] {
    return [...this.#earlier, ...this.#client.frames.filter(({ seq }) => seq !== undefined)];
  }

  /** The ids of all messages so far. */
  get ids(): number[] {
    return this.#sent.map(({ id }) => id);
  }

  /** Sends a message, and goes on without its answer. @returns its id */
  send(event: string, payload: unknown): number {
    const id = this.#sent.length + 1;
    this.#sent.push({ id, event, payload });
    this.#client.send(event, payload, id);
    return id;
  }

  /** Resolves when a message has been answered. */
  async answered(id: number): Promise<RawFrame> {
    const there = this.frames.find(({ re }) => re === id);
    return there ?? this.#client.nextFrame(({ re }) => re === id, `the answer to ${id}`);
  }

  request(event: string, payload: unknown = {}): Promise<RawFrame> {
    return this.answered(this.send(event, payload));
  }

  next(matches: (frame: RawFrame) => boolean): Promise<RawFrame> {
    const there = this.frames.find(matches);
    return there === undefined ? this.#client.nextFrame(matches) : Promise.resolve(there);
  }

  cut(): void {
    this.#client.cut();
  }

  /** @param wsUrl of the server, or of the next one. @returns whether the session was resumed */
  async comeBack(wsUrl: string): Promise<boolean> {
    await this.#client.closed;
    this.#earlier.push(...this.#client.frames.filter(({ seq }) => seq !== undefined));
    const lastSeq = this.#earlier.at(-1)?.seq ?? 0;
    const resume = { token: this.#resumeToken, lastSeq };
    this.#client = new RawClient({ wsUrl, token: this.guest.token, resume });
    const { resumed, resumeToken, lastId } = (await this.#client.welcome).payload;
    this.#resumeToken = resumeToken;
    for (const { id, event, payload } of this.#sent) {
      if (id > lastId) this.#client.send(event, payload, id);
    }
    return resumed;
  }
}

interface Welcomed {
  readonly peerId: string;
  readonly resumeToken: string;
}
