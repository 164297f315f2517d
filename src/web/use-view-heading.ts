import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The browser places the focus itself when the page loads. */
let arrivedBefore = false;

/** Sets the document's title, and focuses the view's heading if the view replaced another one. */
export function useViewHeading<T extends HTMLElement>(title: string): RefObject<T | null> {
  const heading = useRef<T>(null);
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (arrivedBefore) heading.current?.focus({ preventScroll: true });
    arrivedBefore = true;
  }, []);
  return heading;
}
