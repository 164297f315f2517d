import { expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../support/fakes/clock.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer } from '../support/server/server.ts';
import { SECRET, startReceiver } from './receiver.ts';

it('/metrics counts tries of webhooks by result, and says how old the oldest is that waits', async () => {
  const receiver = await startReceiver();
  receiver.answer((response) => response.writeHead(500).end());
  const clock = new FakeClock(Date.now());
  const server = await startServer({ WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET }, { clock });
  onTestFinished(() => server.close());
  const { accessToken } = await signIn(server.url);
  await createRoom(server.url, accessToken);
  const shown = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith('parley_webhook_'));
  };
  const showing = async (lines: readonly string[]) => {
    for (let looks = 0; looks < 1_000; looks += 1) if (`${await shown()}` === `${lines}`) return;
    expect(await shown()).toEqual(lines);
  };
  const counts = (delivered: number, failed: number) => [
    `parley_webhook_attempts_total{result="delivered"} ${delivered}`,
    `parley_webhook_attempts_total{result="failed"} ${failed}`,
    'parley_webhook_attempts_total{result="gone"} 0',
    'parley_webhook_attempts_total{result="dropped"} 0',
  ];
  await showing([...counts(0, 1), 'parley_webhook_oldest_seconds 0']);
  clock.advance(2_000);
  await showing([...counts(0, 1), 'parley_webhook_oldest_seconds 2']);
  receiver.answer((response) => response.writeHead(204).end());
  // The wait of 5 s is ±20 %.
  clock.advance(4_000);
  await showing([...counts(1, 1), 'parley_webhook_oldest_seconds 6']);
  clock.advance(1_000);
  await showing([...counts(1, 1), 'parley_webhook_oldest_seconds 0']);
});

it('/metrics has the series of webhooks if there are no endpoints, all of them 0', async () => {
  const server = await startServer();
  onTestFinished(() => server.close());
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('parley_webhook_'));
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).toMatch(/ 0$/);
});
