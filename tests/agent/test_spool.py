"""What an agent knows of itself on disk."""

from pathlib import Path

from gridtie.agent.spool import Spool


def test_each_process_of_a_folder_has_the_next_number_and_a_torn_file_begins_anew(tmp_path: Path) -> None:
    assert [Spool(tmp_path).count_start() for _ in range(3)] == [1, 2, 3]
    (tmp_path / "starts.json").write_text('{"star')
    assert Spool(tmp_path).count_start() == 1
