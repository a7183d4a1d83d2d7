"""The data sets by name; each is the section of the YAML and the data set at once."""

from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.data.image_folder import ImageFolder
from glorot_repro.data.mnist import FashionMnist, Mnist
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.data.small_imagenet import SmallImagenet
from glorot_repro.section import Section

DATASETS: dict[str, type[Section]] = {
    "shapeset": Shapeset,
    "mnist": Mnist,
    "fashion_mnist": FashionMnist,
    "cifar10": Cifar10,
    "small_imagenet": SmallImagenet,
    "image_folder": ImageFolder,
}
