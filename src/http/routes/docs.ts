import { ParleyError } from '../../domain/errors.ts';
import { fileReply } from '../server/file-reply.ts';
import type { Files } from '../server/files.ts';
import { pagePolicy } from '../server/page-policy.ts';
import type { Reply } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

type DocsContext = Pick<RequestContext, 'request' | 'origin'>;

/** The handbook, the reference, and the documents that it is made of: files that `npm run build` writes. */
export function docsRoutes({ files }: { readonly files: Files }) {
  function send({ request, origin }: DocsContext, name: string): Reply {
    const file = files.get(`/docs/${name}`);
    if (file !== undefined) return fileReply(file, request, pagePolicy(origin));
    throw new ParleyError('not_found', 'The handbook has no such page. Its contents are at /docs.');
  }

  return {
    handbookPage: (context) => send(context, 'index.html'),
    handbookChapter: (context) => send(context, `${context.request.path.slice('/docs/'.length)}.html`),
    getHandbookStyle: (context) => send(context, 'style.css'),
    getOpenApi: (context) => send(context, 'openapi.json'),
    getAsyncApi: (context) => send(context, 'asyncapi.json'),
  } satisfies Partial<Handlers>;
}
