import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/server/certificate.ts';
import { freePort, type Running, run, start } from '../support/server/process.ts';
import { RELAY_SECRET, startRelay, type TestRelay } from '../support/turn/relay.ts';

/** coturn's own test client on our relay; by its counts, nothing may be lost. */
describe("coturn's turnutils_uclient loses nothing through the relay", () => {
  let certificate: TestCertificate;
  let relay: TestRelay;
  let peer: Running;
  let peerPort: number;

  beforeAll(async () => {
    certificate = await makeCertificate();
    // All clients of one run are the same user.
    relay = await startRelay({ cert: certificate.cert, pkey: certificate.pkey, userQuota: 0, maxBps: 0 });
    peerPort = await freePort();
    peer = start('turnutils_peer', ['-v', '-L', '127.0.0.1', '-p', String(peerPort)]);
    // It listens on this port and the next.
    await peer.says(/:end[\s\S]*:end/);
  });

  afterAll(async () => {
    await peer.stop();
    await relay.close();
    certificate.remove();
  });

  /** Through the relay to coturn's echoing peer and back. */
  const echo = (...flags: string[]) => uclient(['-e', '127.0.0.1', '-r', String(peerPort), ...flags]);

  async function uclient(
    flags: readonly string[],
  ): Promise<{ sent: number; received: number; lost: string }> {
    const { port, tlsPort } = relay.endpoint;
    const at = flags.includes('-S') ? tlsPort : port;
    const common = [
      '-u',
      'uclient',
      '-W',
      RELAY_SECRET,
      '-l',
      '170',
      '-c',
      '-X',
      '-p',
      String(at),
      '127.0.0.1',
    ];
    const { output } = await run('turnutils_uclient', [...flags, ...common], 60_000);
    const [, sent, received] = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)\s*$/m.exec(output) ?? [];
    const [, lost] = /Total lost packets (\d+ .*)$/m.exec(output) ?? [];
    if (sent === undefined || received === undefined || lost === undefined) {
      throw new Error(`turnutils_uclient did not finish:\n${output.slice(-2000)}`);
    }
    return { sent: Number(sent), received: Number(received), lost };
  }

  const nothingLost = (messages: number) => ({
    sent: messages,
    received: messages,
    lost: '0 (0.000000%), total send dropped 0 (0.000000%)',
  });

  it('by ChannelData', async () => {
    expect(await echo('-m', '2', '-n', '50')).toEqual(nothingLost(100));
  });

  it('by Send and Data indications', async () => {
    expect(await echo('-s', '-m', '2', '-n', '50')).toEqual(nothingLost(100));
  });

  it('over TCP, ChannelData padded', async () => {
    expect(await echo('-t', '-m', '2', '-n', '50')).toEqual(nothingLost(100));
  });

  it('over TLS', async () => {
    expect(await echo('-S', '-t', '-m', '2', '-n', '50')).toEqual(nothingLost(100));
  });

  it('client to client', async () => {
    expect(await uclient(['-y', '-m', '2', '-n', '50'])).toEqual(nothingLost(100));
  });

  it('client to client by Send and Data indications', async () => {
    expect(await uclient(['-y', '-s', '-m', '2', '-n', '50'])).toEqual(nothingLost(100));
  });

  it('with extra requests for permissions and channels in between', async () => {
    expect(await echo('-G', '-m', '2', '-n', '50')).toEqual(nothingLost(100));
  });

  it('from 20 clients at 5,000 messages per second', async () => {
    expect(await echo('-m', '20', '-z', '4', '-n', '500')).toEqual(nothingLost(10_000));
  });

  it('from 40 clients at 20,000 messages per second', async () => {
    expect(await echo('-m', '40', '-z', '2', '-n', '1000')).toEqual(nothingLost(40_000));
  });
});
