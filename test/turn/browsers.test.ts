import { createHash, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/certificate.ts';
import { launchFirefox } from '../support/firefox.ts';
import { loopbackCall } from '../support/loopback-call.ts';
import { startRelay, type TestRelay } from '../support/relay.ts';

/** Bytes of audio and video that prove a call. */
const MEDIA_BYTES = 50_000;

/** Two connections in one page that may use the relay alone: media passes through it twice. */
describe('browsers call through the relay alone', () => {
  let certificate: TestCertificate;
  let relay: TestRelay;
  const page = createServer((_request, response) => response.end('<!doctype html><title>call</title>'));
  let url: string;

  beforeAll(async () => {
    certificate = await makeCertificate();
    // Safe defaults: the two meet inside the relay, no peer on this machine needs to be opened.
    relay = await startRelay({
      listeningIps: ['0.0.0.0'],
      allowLoopbackPeers: false,
      cert: certificate.cert,
      pkey: certificate.pkey,
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const at = page.address();
    url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/`;
  });

  afterAll(async () => {
    page.close();
    await relay.close();
    certificate.remove();
  });

  function serverOver(transport: 'udp' | 'tcp' | 'tls') {
    const { port, tlsPort, ownAddress } = relay.endpoint;
    const urls =
      transport === 'tls'
        ? [`turns:localhost:${tlsPort}?transport=tcp`]
        : [`turn:${ownAddress}:${port}?transport=${transport}`];
    return [{ urls, ...relay.credentials(`browser-${transport}`) }];
  }

  function expectRelayed(call: unknown, relayProtocol: string): void {
    expect(call).toMatchObject({
      state: 'connected',
      candidateType: 'relay',
      relayProtocol,
      bytesReceived: expect.toSatisfy((bytes: number) => bytes >= MEDIA_BYTES),
    });
  }

  /** Chromium takes a certificate that nobody signed if it is told the hash of its public key. */
  function publicKeyHash(): string {
    const der = new X509Certificate(certificate.certText).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('base64');
  }

  it('Chromium by UDP, TCP and TLS', { timeout: 90_000 }, async () => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--ignore-certificate-errors-spki-list=${publicKeyHash()}`,
      ],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(url);
      for (const transport of ['udp', 'tcp', 'tls'] as const) {
        expectRelayed(await tab.evaluate(loopbackCall(serverOver(transport), MEDIA_BYTES)), transport);
      }
    } finally {
      await browser.close();
    }
  });

  it('Firefox by UDP and TCP', { timeout: 90_000 }, async () => {
    const browser = await launchFirefox();
    try {
      const tab = await browser.newPage(url);
      for (const transport of ['udp', 'tcp'] as const) {
        expectRelayed(await tab.evaluate(loopbackCall(serverOver(transport), MEDIA_BYTES)), transport);
      }
    } finally {
      await browser.close();
    }
  });
});
