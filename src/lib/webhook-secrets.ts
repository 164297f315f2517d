/** What the text of a secret begins with, by the Standard Webhooks specification 1.0.0. */
const PREFIX = 'whsec_';
/** Bytes of a secret. */
const BYTES = { min: 24, max: 64 } as const;

/** Returns the bytes of a `whsec_…` secret; undefined if it isn't one of 24 to 64 bytes in Base64. */
export function parseWebhookSecret(text: string): Buffer | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const encoded = text.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= BYTES.min && bytes.length <= BYTES.max ? bytes : undefined;
}
