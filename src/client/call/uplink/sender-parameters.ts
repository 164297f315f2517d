/** What is used of an RTCRtpSender. */
export type ParameterSender = Pick<RTCRtpSender, 'getParameters' | 'setParameters'>;

/** What `setParameters` takes besides the parameters (W3C webrtc-extensions, 5.4). Firefox ignores it. */
interface KeyFrameOptions {
  readonly encodingOptions: readonly { readonly keyFrame: boolean }[];
}
type SetWithOptions = (parameters: RTCRtpSendParameters, options: KeyFrameOptions) => Promise<void>;

/** What to set on a sender. What isn't named stays as it is. */
export interface SenderWish {
  readonly encoding?: Readonly<Partial<Omit<RTCRtpEncodingParameters, 'rid'>>>;
  readonly degradationPreference?: RTCDegradationPreference;
  /** Begins the picture anew, once, so that it can be decoded without what came before. */
  readonly keyFrame?: true;
}

/** Tries of one wish in a row. A negotiation that ends meanwhile makes the parameters that were read invalid. */
const TRIES = 3;

const ofSenders = new WeakMap<ParameterSender, SenderParameters>();

/**
 * Sets parameters of a sender, merged with those that others set: `setParameters` replaces all of them at once. If nothing
 * is under way, it is called before this returns. Resolves with whether the sender has them now; never rejects, because a
 * browser that refuses a bound has a call all the same. What was refused is tried again with the next wish.
 * @example
 * await setSenderParameters(sender, { encoding: { active: false } });
 */
export function setSenderParameters(sender: ParameterSender, wish: SenderWish): Promise<boolean> {
  let parameters = ofSenders.get(sender);
  if (parameters === undefined) {
    parameters = new SenderParameters(sender);
    ofSenders.set(sender, parameters);
  }
  return parameters.set(wish);
}

/** Changes the parameters of one sender, one change at a time. */
class SenderParameters {
  readonly #sender: ParameterSender;
  /** All that was wished so far. */
  #wish: SenderWish = {};
  #wishes = 0;
  #turn: Promise<boolean> | undefined;

  constructor(sender: ParameterSender) {
    this.#sender = sender;
  }

  set(wish: SenderWish): Promise<boolean> {
    this.#wish = { ...this.#wish, ...wish, encoding: { ...this.#wish.encoding, ...wish.encoding } };
    this.#wishes += 1;
    this.#turn ??= this.#run().finally(() => {
      this.#turn = undefined;
    });
    return this.#turn;
  }

  /** Goes on until the sender has everything that was wished meanwhile. */
  async #run(): Promise<boolean> {
    for (let tries = TRIES; tries > 0; tries -= 1) {
      const wishes = this.#wishes;
      try {
        await this.#apply();
        if (wishes === this.#wishes) return true;
        tries = TRIES + 1;
      } catch {
        // The connection is closed, or the parameters are no longer those that were read.
      }
    }
    return false;
  }

  /** Reads and sets in one task: Firefox takes parameters only in the task in which they were read. */
  #apply(): Promise<void> {
    const parameters = this.#sender.getParameters();
    const { encoding, keyFrame, ...rest } = this.#wish;
    this.#wish = { ...rest, ...(encoding === undefined ? {} : { encoding }) };
    // Firefox before version 110 has no encodings before the first negotiation.
    const [first = {}, ...others] = parameters.encodings ?? [];
    parameters.encodings = [{ ...first, ...encoding }, ...others];
    Object.assign(parameters, rest);
    if (keyFrame === undefined) return this.#sender.setParameters(parameters);
    const set: SetWithOptions = this.#sender.setParameters.bind(this.#sender);
    return set(parameters, { encodingOptions: parameters.encodings.map(() => ({ keyFrame })) });
  }
}
