import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import * as v from 'valibot';
import { StartError } from '../domain/errors.ts';
import { Password } from '../protocol/fields.ts';

/**
 * Reads a new password: from a terminal twice, without showing it, else from one line of standard input.
 * @param whose as in `Password of ada@example.org`
 * @throws StartError if it isn't a password, if the second one differs, or if the input ends before (Ctrl-C too)
 */
export async function askPassword(whose: string): Promise<string> {
  const { stdin, stderr } = process;
  const isTerminal = stdin.isTTY;
  // On a terminal, readline itself would show what is typed.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: stdin, output: nowhere, terminal: isTerminal, historySize: 0 });
  const lines = input[Symbol.asyncIterator]();

  async function ask(prompt: string): Promise<string> {
    if (isTerminal) stderr.write(prompt);
    const { done, value } = await lines.next();
    if (isTerminal) stderr.write('\n');
    if (done === true) throw new StartError('No password was given. Nothing was changed.');
    return value;
  }

  try {
    const { success, output, issues } = v.safeParse(Password, await ask(`Password of ${whose}: `));
    if (!success) throw new StartError(`The password ${issues[0].message}. Nothing was changed.`);
    if (isTerminal && (await ask('The same password again: ')) !== output) {
      throw new StartError('The two passwords differ. Nothing was changed: try again.');
    }
    return output;
  } finally {
    input.close();
  }
}
