/** What a view shows in place of its content: nothing there yet, still loading, or an error with a way out. */
import type { ComponentChildren, JSX } from 'preact';

export function Empty({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="message">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <div class="message" role="status">
      <p>Loading {what} …</p>
    </div>
  );
}

export function Failure({ text, retry }: { text: string; retry: () => void }): JSX.Element {
  return (
    <div class="message bad" role="alert">
      <h2>This did not work</h2>
      <p>{text}</p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
