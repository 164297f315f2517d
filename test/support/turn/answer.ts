import { ATTRIBUTE, CLASS } from '../../../src/turn/codec/attributes.ts';
import { attributeOf, decodeMessage, type StunMessage } from '../../../src/turn/codec/message.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';

/** A decoded message from the relay. */
export class Answer {
  readonly bytes: Buffer;
  readonly message: StunMessage;

  constructor(bytes: Buffer) {
    const message = decodeMessage(bytes);
    if (message === undefined) throw new Error(`not a STUN message: ${bytes.toString('hex')}`);
    this.bytes = bytes;
    this.message = message;
  }

  /** `success`, `indication`, or an error's code. */
  get result(): number | 'success' | 'indication' {
    if (this.message.class === CLASS.success) return 'success';
    if (this.message.class === CLASS.indication) return 'indication';
    const value = this.attribute(ATTRIBUTE.errorCode);
    return (value?.[2] ?? 0) * 100 + (value?.[3] ?? 0);
  }

  attribute(type: number): Buffer | undefined {
    return attributeOf(this.message, type);
  }

  /** `address:port` of an XOR attribute. */
  address(type: number): string | undefined {
    const value = this.attribute(type);
    if (value === undefined) return undefined;
    const found = readXorAddress(value, this.message.transactionId);
    return found === undefined ? undefined : `${found.address.text}:${found.port}`;
  }

  get relayedPort(): number {
    return Number(this.address(ATTRIBUTE.xorRelayedAddress)?.split(':').at(-1));
  }

  get lifetime(): number | undefined {
    return this.attribute(ATTRIBUTE.lifetime)?.readUInt32BE();
  }
}
