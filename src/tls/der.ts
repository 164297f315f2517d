/** Writes ASN.1 in DER (ITU-T X.690): just what certificates and requests for them consist of. */

const UNIVERSAL = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** One element: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return element(UNIVERSAL.sequence, ...content);
}

export function set(...content: readonly Uint8Array[]): Buffer {
  return element(UNIVERSAL.set, ...content);
}

/** A context-specific tag around elements, such as `[0]`. */
export function tagged(number: number, ...content: readonly Uint8Array[]): Buffer {
  return element(0xa0 | number, ...content);
}

/** @param bytes unsigned, most significant byte first */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  const isNegative = (digits[0] ?? 0) > 0x7f;
  return element(UNIVERSAL.integer, isNegative ? Buffer.of(0) : Buffer.alloc(0), digits);
}

/** Whole bytes. */
export function bitString(bytes: Uint8Array): Buffer {
  return element(UNIVERSAL.bitString, Buffer.of(0), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(UNIVERSAL.octetString, bytes);
}

export function utf8(text: string): Buffer {
  return element(UNIVERSAL.utf8, Buffer.from(text));
}

/** @param dotted such as `1.2.840.10045.4.3.2` */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(UNIVERSAL.oid, Buffer.from([40 * first + second, ...rest].flatMap(base128)));
}

/** A time by RFC 5280, 4.1.2.5: two digits of the year until 2049, four from then on. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  const isShort = digits < '2050';
  return element(
    isShort ? UNIVERSAL.utcTime : UNIVERSAL.generalizedTime,
    Buffer.from(isShort ? digits.slice(2) : digits),
  );
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest >>>= 8) digits.unshift(rest & 0xff);
  return Buffer.of(0x80 | digits.length, ...digits);
}
