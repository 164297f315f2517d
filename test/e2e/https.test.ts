import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser/browser.ts';
import { Person } from '../support/browser/person.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { startPebble } from '../support/tls/pebble.ts';

const DOMAIN = 'calls.example.org';
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The hash of the public key of what a port shows, as Chromium takes it. */
async function keyHash(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, servername: DOMAIN });
  await once(socket, 'secureConnect');
  const spki = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  socket.destroy();
  return createHash('sha256')
    .update(spki ?? '')
    .digest('base64');
}

describe('a call over HTTPS, with a certificate from a directory', () => {
  it('connects two people who came by HTTP', async () => {
    const pebble = await startPebble({ validSeconds: 3_600 });
    const port = await freePort();
    const server = await startParley({
      DOMAIN,
      PORT: String(port),
      HTTP_PORT: String(pebble.httpPort),
      PUBLIC_URL: `https://${DOMAIN}:${port}`,
      ACME_DIRECTORY: pebble.directory,
      NODE_EXTRA_CA_CERTS: pebble.caFile,
      DATABASE_PATH: join(temporaryFolder(), 'parley.db'),
    });
    cleanups.push(() => server.stop('SIGKILL'));
    await server.says(/"message":"got a certificate"/);
    // Chromium trusts this key only: every other certificate is an error page.
    const browser = await launchBrowser([
      `--host-resolver-rules=MAP ${DOMAIN} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${await keyHash(port)}`,
    ]);
    cleanups.push(() => browser.close());

    const ada = await Person.arrive(browser, { name: 'Ada' });
    const link = await ada.startCall(`http://${DOMAIN}:${pebble.httpPort}/`);
    expect(link).toMatch(`https://${DOMAIN}:${port}/connect/`);
    expect(await ada.page.evaluate(() => isSecureContext)).toBe(true);
    await ada.join(link);
    const ben = await Person.arrive(browser, { name: 'Ben' });
    await ben.join(link.replace(`https://${DOMAIN}:${port}`, `http://${DOMAIN}:${pebble.httpPort}`));
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')]);
    await Promise.all([ada, ben].map((person) => person.hearsAndSees(1)));
  });
});
