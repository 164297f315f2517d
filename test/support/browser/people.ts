import { afterEach } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import type { TestServer } from '../server/server.ts';
import { browserOnServer } from './on-server.ts';
import { Person } from './person.ts';

/** A server, and people who visit it in one browser. They go home after each test. */
interface People {
  /** Can be read once the first test runs. */
  readonly server: Pick<TestServer, 'url' | 'wsUrl'>;
  /** @param before scripts that run in each page of this person before its own */
  arrive(name: string, ...before: readonly (() => void)[]): Promise<Person>;
}

/**
 * Call it once, at the top of a test file or of its `describe`.
 * @param environment settings of the server, as for `startServer`
 */
export function peopleOnServer(environment?: Environment): People {
  const on = browserOnServer(environment);
  let people: Person[] = [];
  afterEach(async () => {
    await Promise.all(people.map((person) => person.close()));
    people = [];
  });

  async function arrive(name: string, ...before: readonly (() => void)[]): Promise<Person> {
    const person = await Person.arrive(on.browser, { name });
    people.push(person);
    for (const script of before) await person.page.addInitScript(script);
    return person;
  }

  return {
    server: {
      get url() {
        return on.server.url;
      },
      get wsUrl() {
        return on.server.wsUrl;
      },
    },
    arrive,
  };
}
