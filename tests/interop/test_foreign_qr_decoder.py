"""A symbol that we make is read by a decoder that is not ours (OpenCV, not zxing)."""

import re

import cv2
import numpy as np
import pytest

from yimaqing.kit import qr

ADDRESSES = [
    "https://ym.luliang.gov.cn/c/4ru9vtrhrdf3fqa9",
    "https://yimaqing.luliang.shanxi.gov.cn/c/9cpvk5q397fjjyxb",
    "http://127.0.0.1:8000/c/3nxgg55ky3m6vcf4",
]


def read(image):
    return cv2.QRCodeDetector().detectAndDecode(image)[0]


def drawn(svg, scale=8):
    """The SVG's one path, painted: rectangles of whole modules."""
    (side,) = (int(n) for n in re.findall(r'viewBox="0 0 (\d+)', svg))
    image = np.full((side * scale, side * scale), 255, np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        left, top = int(x) * scale, int(y) * scale
        image[top : top + scale, left : left + int(length) * scale] = 0
    return image


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_png_is_read(address):
    image = cv2.imdecode(np.frombuffer(qr.png(address), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert read(image) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_svg_is_read(address):
    assert read(drawn(qr.svg(address))) == address


def test_a_dirty_turned_blurred_label_is_read():
    image = cv2.imdecode(np.frombuffer(qr.png(ADDRESSES[0], 8), np.uint8), cv2.IMREAD_GRAYSCALE)
    side = image.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), 11, 0.8)
    image = cv2.warpAffine(image, turn, (side, side), borderValue=255)
    image = cv2.GaussianBlur(image, (5, 5), 0)
    cv2.circle(image, (side // 2 + 20, side // 2 + 12), 9, 255, -1)  # a torn spot
    assert read(image) == ADDRESSES[0]


def test_the_quiet_zone_is_four_modules_and_the_symbol_small():
    svg = qr.svg(ADDRESSES[0])
    assert 'viewBox="0 0 41 41"' in svg  # version 4: 33 modules and 4 on each side
    assert min(int(x) for x in re.findall(r"M(\d+) ", svg)) == qr.QUIET_MODULES
