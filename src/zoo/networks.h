// The networks of the zoo, one function each: the architecture, with weights still to be drawn. Every network
// has the input "data", 1 x 3 x 224 x 224, and the output "logits", 1 x 1000. Nodes are called as the layers
// are in the papers and their published models.
#pragma once

#include <cstdint>
#include <string_view>

#include "zoo/onnx_writer.h"

namespace snug {

inline constexpr MapShape kZooInput{3, 224, 224};
inline constexpr int64_t kZooClasses = 1000;

/// The single tower of Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014:
/// no groups, no local response normalization.
ZooModel alexnet();

/// Configurations D and E of Simonyan and Zisserman, 2014.
ZooModel vgg16();
ZooModel vgg19();

/// Szegedy et al., 2014, with its two local response normalizations, without the auxiliary heads.
ZooModel googlenet();

/// He et al., 2015. resnet50 strides in the 3x3 convolution of a block.
ZooModel resnet18();
ZooModel resnet50();

/// Iandola et al., 2016; 1.1 pools earlier, for 2.4 times less work.
ZooModel squeezenet_1_0();
ZooModel squeezenet_1_1();

/// Howard et al., 2017, and Sandler et al., 2018, both with width 1.
ZooModel mobilenet_v1();
ZooModel mobilenet_v2();

/// The architecture of a zoo network by name; throws UserError for a name that is not in the zoo.
ZooModel zoo_architecture(std::string_view name);

}  // namespace snug
