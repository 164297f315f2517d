import { describe, expect, it } from 'vitest';
import { parseWebhookSecret } from '../../src/lib/webhook-secrets.ts';

const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

describe('a webhook secret', () => {
  it('[CT5] is 24 to 64 bytes in Base64, with or without its padding', () => {
    for (const bytes of [24, 25, 32, 64]) {
      expect(parseWebhookSecret(secret(bytes))).toEqual(Buffer.alloc(bytes, 7));
      expect(parseWebhookSecret(secret(bytes).replaceAll('=', ''))).toEqual(Buffer.alloc(bytes, 7));
    }
  });

  it.each([
    '',
    'whsec_',
    secret(23),
    secret(65),
    secret(32).slice('whsec_'.length),
    secret(32).toUpperCase(),
    ` ${secret(32)}`,
    `${secret(32)}\n`,
    `whsec_${'?'.repeat(44)}`,
    `whsec_${'A'.repeat(40)}=AAA`,
    `whsk_${Buffer.alloc(32).toString('base64')}`,
  ])('[CT5] is not %j', (text) => {
    expect(parseWebhookSecret(text)).toBeUndefined();
  });
});
