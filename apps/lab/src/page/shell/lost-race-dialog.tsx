/** Another tab, or a program, published first: what it changed, before one tries again. */
import type { JSX } from 'preact';
import { DifferenceList } from '../history/difference-list.tsx';
import { useLab } from '../lab/lab-session.ts';
import { Modal } from '../parts/modal.tsx';

export function LostRaceDialog(): JSX.Element | null {
  const { lostRace } = useLab();
  const lost = lostRace.value;
  if (lost === null) return null;
  const close = () => {
    lostRace.value = null;
  };
  return (
    <Modal
      title="Another person published first"
      submitLabel="Go on with what is published"
      onSubmit={close}
      onClose={close}
    >
      <p>Your change was not made; nothing is lost but that. Meanwhile this changed:</p>
      {lost.differences === null ? <p>{lost.sentence}</p> : <DifferenceList differences={lost.differences} />}
    </Modal>
  );
}
