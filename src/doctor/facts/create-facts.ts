import { compareClocks } from './clock-facts.ts';
import type { Facts, FactsDeps } from './facts.ts';
import { askPublicUrl } from './public-facts.ts';
import { askServer } from './server-facts.ts';
import { readRelaySettings, readSettings } from './settings-facts.ts';
import { runRelay } from './stand-in-relay.ts';
import { findTurn, tryTurn } from './turn-facts.ts';

export function createFacts({ environment, clock, machine, database }: FactsDeps): Facts {
  const settings = readSettings(environment);
  const closers: (() => void | Promise<void>)[] = [];
  const facts: Facts = {
    environment,
    machine,
    database,
    clock,
    settings,
    relay: readRelaySettings(settings.config.turn.configPath),
    server: once(() => askServer(facts, closers)),
    publicUrl: once(() => askPublicUrl(facts)),
    clocks: once(() => compareClocks(facts)),
    turn: once(() => findTurn(facts)),
    tryTurn: onceEach((transport) => tryTurn(facts, transport)),
    standInRelay: once(() => runRelay(facts, closers)),
    async close() {
      for (const close of closers.splice(0)) await close();
    },
  };
  return facts;
}

function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

function onceEach<Key, T>(find: (key: Key) => Promise<T>): (key: Key) => Promise<T> {
  const found = new Map<Key, Promise<T>>();
  return (key) => {
    const before = found.get(key);
    if (before !== undefined) return before;
    const now = find(key);
    found.set(key, now);
    return now;
  };
}
