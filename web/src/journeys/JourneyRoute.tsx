import { useParams } from '@tanstack/react-router';
import BoardPage from '../board/BoardPage';

/** The board of one journey; a board is never reused for another journey. */
export default function JourneyRoute() {
  const { id } = useParams({ from: '/inside/journeys/$id' });
  return <BoardPage key={id} id={id} />;
}
