import { createHmac } from 'node:crypto';

/**
 * Returns the headers by which a receiver knows who sent it, and when (Standard Webhooks 1.0.0). While receivers change from one
 * secret to another, both sign.
 * @param id of the event @param body as it is sent @param now milliseconds since 1970
 */
export function signatureHeaders(
  { id, body }: { readonly id: string; readonly body: string },
  secrets: readonly Buffer[],
  now: number,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(now / 1_000);
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
