"""What a step of recognition asks for."""

from yimaqing.domains.recognition.machine import Doer

READ = "recognition.read"
VILLAGE = "recognition.village"
TOWNSHIP = "recognition.township"
COUNTY = "recognition.county"
OF_DOER = {Doer.VILLAGE: VILLAGE, Doer.TOWNSHIP: TOWNSHIP, Doer.COUNTY: COUNTY}
