import { partsOf } from './links.ts';

/** A message's text with its links, which open in another tab and tell that page nothing about this one. */
export function MessageText({ text }: { readonly text: string }) {
  return (
    <p class="text" dir="auto">
      {partsOf(text).map((part, index) =>
        'href' in part ? (
          // With a direction of its own, an address isn't turned around by what stands before it.
          <a
            dir="ltr"
            key={`${index}-${part.href}`}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow ugc"
          >
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
