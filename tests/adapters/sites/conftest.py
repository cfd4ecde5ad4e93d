import pytest

pytest.register_assert_rewrite("tests.adapters.sites.contract")
