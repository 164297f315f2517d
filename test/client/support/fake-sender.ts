import type { ParameterSender } from '../../../src/client/call/uplink/sender-parameters.ts';

/** A sender whose `setParameters` waits until the test settles it. */
export class FakeSender implements ParameterSender {
  parameters: RTCRtpSendParameters;
  /** The encodings that were set, in their order. */
  readonly sets: RTCRtpEncodingParameters[] = [];
  refuses = false;
  readonly #waiting: { settle: () => void; fail: (reason: unknown) => void }[] = [];

  constructor(encodings: RTCRtpEncodingParameters[] = [{ active: true }]) {
    this.parameters = { encodings, codecs: [], headerExtensions: [], rtcp: {}, transactionId: '0' };
  }

  /** Its one encoding as it is now. */
  get encoding(): RTCRtpEncodingParameters {
    return this.parameters.encodings[0] ?? {};
  }

  getParameters(): RTCRtpSendParameters {
    return structuredClone(this.parameters);
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    this.sets.push(parameters.encodings[0] ?? {});
    if (this.refuses) return Promise.reject(new DOMException('no', 'OperationError'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        settle: () => {
          this.parameters = structuredClone(parameters);
          resolve();
        },
        fail: reject,
      });
    });
  }

  /** Lets the change under way succeed. */
  settle(): void {
    this.#waiting.shift()?.settle();
  }

  fail(reason: unknown): void {
    this.#waiting.shift()?.fail(reason);
  }

  /** Lets all changes succeed, also those that follow. */
  async settleAll(): Promise<void> {
    for (let quiet = 0; quiet < 10; quiet += 1) {
      if (this.#waiting.length > 0) quiet = 0;
      this.settle();
      await Promise.resolve();
    }
  }
}
