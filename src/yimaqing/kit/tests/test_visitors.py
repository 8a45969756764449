"""An address is what the nearest trusted machine saw, never what the visitor says."""

import pytest

from yimaqing.kit.visitors import networks, visitor_address


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("1.2.4.9", "", "1.2.4.9"),
        ("1.2.4.9", "8.8.8.8", "1.2.4.9"),  # nobody of ours says so
        ("127.0.0.1", "1.2.4.8", "1.2.4.8"),
        ("127.0.0.1", "6.6.6.6, 1.2.4.8", "1.2.4.8"),  # the first is the visitor's own word
        ("127.0.0.1", "1.2.4.8, 10.1.0.2", "1.2.4.8"),  # through two proxies of ours
        ("10.1.0.2", "1.2.4.8", "1.2.4.8"),
        ("10.2.0.2", "1.2.4.8", "10.2.0.2"),  # a private address is not a proxy by itself
        ("127.0.0.1", "1.2.4.8, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::ffff:1.2.4.9", "", "1.2.4.9"),
        ("", "1.2.4.8", ""),
    ],
)
def test_the_address(settings_override, peer, header, address):
    with settings_override(TRUSTED_PROXIES=networks("127.0.0.1, ::1, 10.1.0.0/16")):
        environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": header}
        assert visitor_address(environ) == address


def test_a_malformed_setting_is_refused_at_the_start():
    with pytest.raises(ValueError, match=r"10\.1\.0\.2/16"):
        networks("10.1.0.2/16")
