import { codeBlock } from '../../support/documents.ts';

/** The example of the SDK's guide, in TypeScript, as it stands there. */
export function readmeExample(): string {
  return codeBlock('src/client/README.md', 'ts');
}

/** The example of accounts in the SDK's guide, in TypeScript, as it stands there. */
export function accountsExample(): string {
  return codeBlock('src/client/README.md', 'ts', 1);
}
