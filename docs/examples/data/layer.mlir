// SPDX-License-Identifier: Apache-2.0
// Input and weights of one layer: small whole numbers, so that every order of summation is exact.
module {
  func.func @main() -> (tensor<32x3x32x32xf32>, tensor<4x3x5x5xf32>) {
    %i = stablehlo.iota dim = 0 : tensor<98304xi32>
    %a = stablehlo.constant dense<20011> : tensor<98304xi32>
    %b = stablehlo.constant dense<256> : tensor<98304xi32>
    %c = stablehlo.constant dense<15> : tensor<98304xi32>
    %ia = stablehlo.multiply %i, %a : tensor<98304xi32>
    %ib = stablehlo.divide %ia, %b : tensor<98304xi32>
    %ic = stablehlo.and %ib, %c : tensor<98304xi32>
    %if = stablehlo.convert %ic : (tensor<98304xi32>) -> tensor<98304xf32>
    %x = stablehlo.reshape %if : (tensor<98304xf32>) -> tensor<32x3x32x32xf32>
    %s = stablehlo.slice %ic [98004:98304] : (tensor<98304xi32>) -> tensor<300xi32>
    %e = stablehlo.constant dense<8> : tensor<300xi32>
    %se = stablehlo.subtract %s, %e : tensor<300xi32>
    %sf = stablehlo.convert %se : (tensor<300xi32>) -> tensor<300xf32>
    %w = stablehlo.reshape %sf : (tensor<300xf32>) -> tensor<4x3x5x5xf32>
    return %x, %w : tensor<32x3x32x32xf32>, tensor<4x3x5x5xf32>
  }
}
