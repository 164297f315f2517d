import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { parseWebhookSecret } from '../../src/lib/webhook-secrets.ts';
import { signatureHeaders } from '../../src/webhooks/signature.ts';

const NEW = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLD = `whsec_${Buffer.alloc(64, 8).toString('base64')}`;
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const NOW = Date.parse('2026-11-28T09:30:00.999Z');
const BODY = '{"type":"chat.message","data":{"text":"Grüße, 👋"}}';

const keys = (...secrets: string[]) => secrets.flatMap((secret) => parseWebhookSecret(secret) ?? []);

describe('the signature of a webhook', () => {
  it("[CT5] is that of the specification's own library, of whole seconds and of UTF-8", () => {
    const headers = signatureHeaders({ id: ID, body: BODY }, keys(NEW), NOW);
    expect(headers).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1795858200',
      'webhook-signature': new Webhook(NEW).sign(ID, new Date(NOW), BODY),
    });
  });

  it('[CT5] is one per secret, in their order, while there are two', () => {
    const { 'webhook-signature': both = '' } = signatureHeaders({ id: ID, body: BODY }, keys(NEW, OLD), NOW);
    expect(both.split(' ')).toEqual(
      [NEW, OLD].map((secret) => new Webhook(secret).sign(ID, new Date(NOW), BODY)),
    );
  });
});
