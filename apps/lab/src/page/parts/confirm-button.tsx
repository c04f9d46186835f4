/** A button that asks before it does what cannot be done again by the same button. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Modal } from './modal.tsx';

interface ConfirmButtonProps {
  readonly label: string;
  /** What is asked, as a title. */
  readonly question: string;
  readonly text: string;
  readonly confirm: () => unknown;
}

export function ConfirmButton({ label, question, text, confirm }: ConfirmButtonProps): JSX.Element {
  const isAsking = useSignal(false);
  const close = () => {
    isAsking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          isAsking.value = true;
        }}
      >
        {label}
      </button>
      {isAsking.value && (
        <Modal
          title={question}
          submitLabel={label}
          onSubmit={() => {
            close();
            confirm();
          }}
          onClose={close}
        >
          <p>{text}</p>
        </Modal>
      )}
    </>
  );
}
